// node consumer.mjs BROKERS TOPIC...: prints each message once, though Kafka may bring it more than once.
import { Kafka, logLevel } from 'kafkajs';

const [brokers, ...topics] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'example', brokers: brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: 'example' });

// Which messages have been handled. Keep their ids with your effects, in one transaction, as long as a repeat may come.
const handled = new Set();

await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    const { id, eventType, payload } = JSON.parse(message.value.toString());
    if (handled.has(id)) return; // a repeat
    handled.add(id);
    console.log(JSON.stringify({ topic, key: message.key.toString(), eventType, payload }));
  },
});
