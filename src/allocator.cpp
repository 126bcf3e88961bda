// What jemalloc is told, in the binaries that it is linked into (cmake/GuerdonAllocator.cmake; options: jemalloc(3),
// TUNING). A thread has its arena to itself as long as there are some left: it waits for none of less importance. What
// a hash needs beside its block comes from its thread's cache, and what is free goes back to the system in a second.

// NOLINTNEXTLINE(readability-identifier-naming): jemalloc's name for it
extern "C" const char* const malloc_conf =
    "narenas:32,lg_tcache_max:16,background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
