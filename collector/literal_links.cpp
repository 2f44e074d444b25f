/// Links such as /var/run or /lib on the literal part of patterns, found before the walk.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "collector/walker.h"

namespace casebook::collector {
namespace {

/// Enough for every literal part of all patterns; each level costs one open folder.
constexpr std::size_t kDepthMax = 64;
/// Links are looked for below so many folders at most: thousands of homes must not cost minutes.
constexpr std::size_t kFoldersMax = 20'000;

class LinkFinder {
 public:
  LinkFinder(const Matcher& matcher, const RootFs& root) : matcher_(matcher), root_(root) {}

  /// @param pattern_path  the path as patterns write it; @param real_path  where it really is.
  void look(const std::string& pattern_path, const std::string& real_path, std::size_t depth) {
    const auto expected = matcher_.expected_names(pattern_path);
    if (expected.empty() || depth > kDepthMax || ++folders_ > kFoldersMax) return;
    const UniqueFd folder(root_.open_folder(real_path));
    if (!folder) return;
    for (const Matcher::Expected& child : expected) {
      const std::string in_pattern = pattern_path + "/" + child.name;
      std::array<char, PATH_MAX> target{};
      if (::readlinkat(folder.get(), child.name.c_str(), target.data(), target.size()) < 0) {
        // EINVAL: there is something of that name, and it is no link.
        if (errno == EINVAL && child.below)
          look(in_pattern, real_path + "/" + child.name, depth + 1);
        continue;
      }
      const auto real = root_.resolve(real_path + "/" + child.name);
      if (!real || *real == "/") continue;
      links_.push_back({in_pattern, *real});
      if (child.below) look(in_pattern, *real, depth + 1);
    }
  }
  [[nodiscard]] const std::vector<Matcher::Link>& links() const { return links_; }

 private:
  const Matcher& matcher_;
  const RootFs& root_;
  std::size_t folders_ = 0;
  std::vector<Matcher::Link> links_;
};

}  // namespace

std::size_t follow_literal_links(Matcher& matcher, const RootFs& root) {
  LinkFinder finder(matcher, root);
  finder.look("", "", 0);
  matcher.add_links(finder.links());
  return finder.links().size();
}

}  // namespace casebook::collector
