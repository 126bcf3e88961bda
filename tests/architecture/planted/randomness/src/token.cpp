// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include <random>
std::mt19937 secret_maker;
