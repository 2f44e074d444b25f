#pragma once
/// A program started with pipes on its three streams: used for the user's own ssh.

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/c_handle.h"
#include "core/result.h"

namespace casebook::cli {

class ChildProcess {
 public:
  /// Finds argv[0] by PATH; never through a shell. The environment is ours.
  /// SIGINT from the terminal goes past it: what it does then is for us to say.
  static Result<ChildProcess> start(const std::vector<std::string>& argv);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  ///< Ends a child that was not waited for.

  [[nodiscard]] int input() const { return input_.get(); }
  [[nodiscard]] int output() const { return output_.get(); }
  [[nodiscard]] int errors() const { return errors_.get(); }
  void close_input() { input_.reset(); }
  /// Asks it to end; safe from another thread while nobody waits yet.
  void terminate() const;
  /// Lets a child that still writes end by itself.
  void close_output() { output_.reset(); }

  /// @return exit status, or 128 + signal. Spends the object.
  Result<int> wait() &&;

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd errors_;
};

}  // namespace casebook::cli
