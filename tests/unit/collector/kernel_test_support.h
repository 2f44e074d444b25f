#pragma once
/// What the tests of kernel readings share: a live host, a recording sink, and a child to look at.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/kernel_registry.h"
#include "tests/support/recording_sink.h"

namespace casebook {

/// A child process that does `prepare`, says so, and waits to be killed.
class Child {
 public:
  explicit Child(const std::function<void()>& prepare = [] {}) {
    std::array<int, 2> pipe{};
    check(::pipe(pipe.data()) == 0, "pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      prepare();
      const char byte = 1;
      if (::write(pipe[1], &byte, 1) == 1) {
        for (;;) ::pause();
      }
      ::_exit(1);
    }
    ::close(pipe[1]);
    char byte = 0;
    ready_ = ::read(pipe[0], &byte, 1) == 1;
    ::close(pipe[0]);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool ready() const { return ready_; }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
};

inline std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    check(end != std::string::npos, "a JSON line ends");
    auto line = parse_canonical_json(std::string_view(text).substr(at, end - at));
    check(bool(line), "a line is canonical JSON");
    out.push_back(*std::move(line));
    at = end + 1;
  }
  return out;
}

inline Json only_line(const std::string& text) {
  const std::vector<Json> lines = json_lines(text);
  check(lines.size() == 1, "there is one line");
  return lines[0];
}

class KernelReadingTest : public testing::Test {
 protected:
  void take(const ReadingRequest& request) {
    auto taken = take_reading(request, host, sink, stop);
    ASSERT_TRUE(bool(taken)) << taken.error().message;
    count = *taken;
  }
  /// Takes a native reading that gives one entry. @return its lines.
  std::vector<Json> lines_of(const std::string& reading) {
    take({.rule = "test.rule/" + reading, .reading = reading});
    if (sink.entries.size() != 1) {
      ADD_FAILURE() << reading << " gave " << sink.entries.size() << " entries";
      return {};
    }
    EXPECT_EQ(sink.entries[0].line.outcome, Outcome::stored);
    std::vector<Json> lines = json_lines(sink.entries[0].bytes);
    sink.entries.clear();
    return lines;
  }

  SystemClock clock;
  HostView host{clock};
  RecordingSink sink;
  StopRequest stop;
  SourceCount count;
};

}  // namespace casebook
