// The binary's entry: everything is in the library.
#include <unistd.h>

#include "cli/run.hpp"

int main(int argc, char** argv) { return guerdon::cli::run(argc, argv, environ); }
