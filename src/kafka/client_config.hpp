// The configuration as librdkafka takes it. What the promises to consumers rest on can't be changed by anybody's
// properties, and no secret leaves it.
#pragma once

#include <map>
#include <string>

#include "guerdon/kafka_config.hpp"
#include "kafka/handles.hpp"

namespace guerdon::kafka {

enum class Role { producer, consumer };

/// Every property that is set, by name. Throws StartError (78) for a property that is guerdon's own.
[[nodiscard]] std::map<std::string, std::string> properties_of(const KafkaConfig& config, Role role);

/// As librdkafka's object, with its log going to the server's. `further` wins over what the configuration says.
/// Throws StartError (78) for a property that it does not know or a value that it does not take.
[[nodiscard]] Owned<rd_kafka_conf_t> client_config(const KafkaConfig& config, Role role,
                                                   const std::map<std::string, std::string>& further = {});

/// A client made of it. Throws StartError (78) when the settings contradict one another or a file is missing.
[[nodiscard]] Owned<rd_kafka_t> make_client(Owned<rd_kafka_conf_t> config, Role role);

/// Makes and drops a client, so that wrong settings stop the start. Speaks to nobody.
void check_config(const KafkaConfig& config);

}  // namespace guerdon::kafka
