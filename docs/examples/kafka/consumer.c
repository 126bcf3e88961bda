/* consumer BROKERS TOPIC...: prints each message as "topic key value", with librdkafka.
   cc consumer.c $(pkg-config --cflags --libs rdkafka) -o consumer */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char why[512];
  if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK) return;
  fprintf(stderr, "%s\n", why);
  exit(EXIT_FAILURE);
}

int main(int count, char **arguments) {
  char why[512];
  if (count < 3) return EXIT_FAILURE;
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", arguments[1]);
  set(conf, "group.id", "example-c");
  set(conf, "auto.offset.reset", "earliest");
  rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (consumer == NULL) {
    fprintf(stderr, "%s\n", why);
    return EXIT_FAILURE;
  }
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(count - 2);
  for (int i = 2; i < count; ++i) rd_kafka_topic_partition_list_add(topics, arguments[i], RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(consumer, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  for (;;) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 1000);
    if (message == NULL) continue;
    if (message->err)
      fprintf(stderr, "%s\n", rd_kafka_message_errstr(message));
    else
      printf("%s %.*s %.*s\n", rd_kafka_topic_name(message->rkt), (int)message->key_len, (const char *)message->key,
             (int)message->len, (const char *)message->payload);
    fflush(stdout);
    rd_kafka_message_destroy(message);
  }
}
