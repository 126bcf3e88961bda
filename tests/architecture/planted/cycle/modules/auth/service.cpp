// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include "event/ports.hpp"
