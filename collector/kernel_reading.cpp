#include "collector/kernel_reading.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace casebook {
namespace {

/// What was read already, then the rest of a descriptor. Keeps the errno of a failed read.
class HeadAndFdSource final : public ByteSource {
 public:
  HeadAndFdSource(std::string_view head, int fd) : head_(head), fd_(fd) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (!head_.empty()) {
      const std::size_t count = std::min(head_.size(), buffer.size());
      std::ranges::copy(as_bytes(head_.substr(0, count)), buffer.begin());
      head_.remove_prefix(count);
      return count;
    }
    if (fd_ < 0) return std::size_t{0};
    for (;;) {
      const ssize_t count = ::read(fd_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      failure_ = {"read", errno};
      return system_error("read", errno);
    }
  }
  [[nodiscard]] CallFailure failure() const { return failure_; }

 private:
  std::string_view head_;
  int fd_;
  CallFailure failure_;
};

}  // namespace

std::chrono::nanoseconds monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

CatalogLine ReadingRun::line(std::string_view instance) const {
  CatalogLine line;
  line.rule = request_.rule;
  line.stage = request_.stage;
  line.type = EntryType::reading;
  line.outcome = Outcome::stored;
  line.reading = request_.reading;
  line.instance = instance;
  line.taken_at = host_.clock().now().time_since_epoch();
  line.monotonic = monotonic_now();
  return line;
}

Status ReadingRun::store_fd(CatalogLine line, std::string_view head, int fd) {
  HeadAndFdSource source(head, fd);
  ++count_.stored;
  const auto amend = [&source](CatalogLine& amended, std::uint64_t) {
    if (const CallFailure failure = source.failure(); failure.errno_value != 0) {
      amended.error = EntryError{failure.call, errno_name(failure.errno_value)};
      if (std::ranges::find(amended.findings, "read_error") == amended.findings.end())
        amended.findings.emplace_back("read_error");
    }
  };
  return sink_.store(std::move(line), {.bytes = source,
                                       .size_bytes = std::nullopt,
                                       .size_bytes_max = request_.size_bytes_max,
                                       .amend = amend});
}

Status ReadingRun::store_source(CatalogLine line, ByteSource& source) {
  ++count_.stored;
  return sink_.store(std::move(line), {.bytes = source,
                                       .size_bytes = std::nullopt,
                                       .size_bytes_max = request_.size_bytes_max,
                                       .amend = {}});
}

Status ReadingRun::store_line(CatalogLine line, std::string_view text) {
  return store_fd(std::move(line), text, -1);
}

Status ReadingRun::store_text(std::string_view instance, std::string_view text,
                              std::vector<std::string> findings) {
  CatalogLine entry = line(instance);
  entry.findings = std::move(findings);
  return store_line(std::move(entry), text);
}

Status ReadingRun::list(CatalogLine line) { return sink_.list(std::move(line)); }

Status ReadingRun::lose(std::string_view instance, CallFailure failure) {
  if (failure.errno_value == ESRCH) return lose_vanished(instance, failure);
  CatalogLine entry = line(instance);
  entry.outcome = Outcome::lost;
  entry.error = EntryError{failure.call, errno_name(failure.errno_value)};
  ++count_.lost;
  return sink_.list(std::move(entry));
}

Status ReadingRun::lose_vanished(std::string_view instance, CallFailure failure) {
  CatalogLine entry = line(instance);
  entry.outcome = Outcome::lost;
  entry.error = EntryError{failure.call, errno_name(failure.errno_value)};
  entry.findings.emplace_back("vanished");
  ++count_.lost;
  ++count_.vanished;
  return sink_.list(std::move(entry));
}

void JsonLines::add(const Json& value) {
  if (cut_) return;
  const std::string text = canonical_json(value);
  if (text_.size() + text.size() + 1 > size_bytes_max_) {
    cut_ = true;
    return;
  }
  text_ += text;
  text_ += '\n';
}

Status JsonLines::store(ReadingRun& run, std::string_view instance) const {
  return run.store_text(
      instance, text_,
      cut_ ? std::vector<std::string>{"cut_at_limit"} : std::vector<std::string>{});
}

void put_bytes(Json& object, const std::string& key, std::string_view bytes) {
  if (is_utf8(bytes)) {
    object[key] = std::string(bytes);
  } else {
    object[key + "_base64"] = to_base64(as_bytes(bytes));
  }
}

void put_list(Json& object, const std::string& key, const std::vector<std::string>& texts) {
  const bool utf8 =
      std::ranges::all_of(texts, [](const std::string& text) { return is_utf8(text); });
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(utf8 ? text : to_base64(as_bytes(text)));
  object[utf8 ? key : key + "_base64"] = std::move(list);
}

void put_number(Json& object, const std::string& key, std::uint64_t number) {
  if (number <= static_cast<std::uint64_t>(kJsonIntegerMax)) {
    object[key] = number;
  } else {
    object[key] = std::to_string(number);
  }
}

void put_failure(Json& object, CallFailure failure) {
  object["error"] = {{"call", failure.call}, {"errno", errno_name(failure.errno_value)}};
}

bool means_absent(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
    case ENOSYS:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
    case ESOCKTNOSUPPORT:
      return true;
    default:
      return false;
  }
}

}  // namespace casebook
