// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include "auth/messages.hpp"
#include "http/x.hpp"
#include "../../modules/auth/model.hpp"
#include "../store/open.hpp"
