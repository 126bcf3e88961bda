// The working memory of password hashes, kept by its thread from one hash to the next. To get 19 MiB of fresh pages
// from the system and give them back takes as long as to hash in them. libsodium asks for them with mmap(2) each time
// and takes none of ours; linked statically, its calls lead here (CMakeLists.txt: `--wrap`).
#pragma once

namespace guerdon {

/// While one lives, the block that argon2 maps (at once and whole: MAP_POPULATE) is taken from what the thread keeps,
/// and kept when it is unmapped, wiped: argon2's passes can be undone from what they leave (each block is the old one
/// XOR what was computed), down to the first block, from which a password is guessed at the price of BLAKE2b.
class KeepsHashMemory {
 public:
  KeepsHashMemory() noexcept;
  KeepsHashMemory(const KeepsHashMemory&) = delete;
  KeepsHashMemory& operator=(const KeepsHashMemory&) = delete;
  ~KeepsHashMemory();
};

}  // namespace guerdon
