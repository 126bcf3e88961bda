// node consumer.mjs BROKERS TOPIC...: prints each message once, though Kafka may bring it more than once.
import { Kafka, logLevel } from 'kafkajs';

const [brokers, ...topics] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'example', brokers: brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: 'example' });

// The last position seen of each topic and partition of guerdon's log. Keep it with your effects, in one transaction.
const seen = new Map();

await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message }) => {
    const { eventType, partition, position, payload } = JSON.parse(message.value.toString());
    const place = `${topic} ${partition}`;
    if (position <= (seen.get(place) ?? 0)) return; // a repeat
    seen.set(place, position);
    console.log(JSON.stringify({ topic, key: message.key.toString(), eventType, payload }));
  },
});
