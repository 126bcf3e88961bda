// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include "auth/module.hpp"
#include "auth/messages.hpp"
#include "../auth/repository.hpp"
#include "modules/auth/repository.hpp"
#include "src/store/open.hpp"
#include "./model.hpp"
