// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include "../model.hpp"
#include "../../auth/model.hpp"
#include "../../../src/store/open.hpp"
