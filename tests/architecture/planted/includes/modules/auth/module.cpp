// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include "auth/module.hpp"
