// The working memory of password hashes, kept by its thread from one hash to the next. To get 19 MiB of fresh pages
// from the system and give them back takes as long as to hash in them. libsodium asks for them with mmap(2) each time
// and takes none of ours; linked statically, its calls lead here (CMakeLists.txt: `--wrap`).
#pragma once

namespace guerdon {

/// While one lives, large memory that its thread maps is taken from what the thread keeps, and kept when it is
/// unmapped. What was written there stays until it is used anew or let go: enough to test a guessed password at half of
/// a hash's cost, as the hash in the database is at the whole of it.
class KeepsHashMemory {
 public:
  KeepsHashMemory() noexcept;
  KeepsHashMemory(const KeepsHashMemory&) = delete;
  KeepsHashMemory& operator=(const KeepsHashMemory&) = delete;
  ~KeepsHashMemory();
};

}  // namespace guerdon
