// mock_kafka [brokers] [topic:partitions...]: a Kafka cluster of real wire protocol on ports of its own, for trying
// things out and for readers written in other languages. It prints where it is, and lives as long as its standard
// input. Everything is kept in memory.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int count, char** arguments) {
  char why[512];
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, why, sizeof why);
  if (client == nullptr) {
    std::fprintf(stderr, "mock_kafka: %s\n", why);
    return EXIT_FAILURE;
  }
  const int brokers = count > 1 ? std::atoi(arguments[1]) : 1;
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(client, brokers);
  for (int i = 2; i < count; ++i) {
    const std::string argument{arguments[i]};
    const auto colon = argument.find(':');
    const int partitions = colon == argument.npos ? 1 : std::atoi(argument.c_str() + colon + 1);
    rd_kafka_mock_topic_create(cluster, argument.substr(0, colon).c_str(), partitions, 1);
  }
  std::printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(client);
  return EXIT_SUCCESS;
}
