// What jemalloc is told, in the binaries that it is linked into (cmake/GuerdonAllocator.cmake; options: jemalloc(3),
// TUNING). An arena a core instead of four, found by the core one runs on: the threads of a server free what others
// made. What is free goes back to the system within a second.

// NOLINTNEXTLINE(readability-identifier-naming): jemalloc's name for it
extern "C" const char* const malloc_conf = "percpu_arena:percpu,dirty_decay_ms:1000,muzzy_decay_ms:0";
