#include "core/name_set.h"

#include "core/stored_name.h"

namespace casebook {

std::uint64_t NameSet::hash_of(char role, std::string_view folded) {
  key_.assign(1, role).append(folded);
  const std::uint64_t hash = hash_(key_);
  return hash == 0 ? 1 : hash;
}

bool NameSet::contains(std::uint64_t hash) const {
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at] == hash) return true;
    if (slots_[at] == 0) return false;
  }
}

void NameSet::insert(std::uint64_t hash) {
  if (contains(hash)) return;
  if (4 * (used_ + 1) > 3 * slots_.size()) {
    std::vector<std::uint64_t> before(slots_.size() * 2);
    before.swap(slots_);
    used_ = 0;
    for (const std::uint64_t old : before) {
      if (old != 0) insert(old);
    }
  }
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = hash;
  ++used_;
}

bool NameSet::claim(std::string_view stored) {
  fold_case_to(folded_, stored);
  const std::string_view name = folded_;
  const std::uint64_t as_file = hash_of('f', name);
  if (contains(as_file) || contains(hash_of('d', name))) return false;
  const std::string_view folder = name.substr(0, name.rfind('/'));
  if (folder != folder_) {
    for (std::size_t end = name.find('/'); end != std::string_view::npos;
         end = name.find('/', end + 1)) {
      if (contains(hash_of('f', name.substr(0, end)))) return false;
      insert(hash_of('d', name.substr(0, end)));
    }
    folder_ = folder;
  }
  insert(as_file);
  return true;
}

}  // namespace casebook
