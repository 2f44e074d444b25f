#pragma once
/// One thread beside the caller's that does the same job whenever it is told to.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "core/result.h"

namespace casebook {

/// Used by one thread. From start() to wait() what the job touches belongs to the job.
class SideThread {
 public:
  explicit SideThread(std::function<Status()> job);
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;
  ~SideThread();  ///< Waits for the job at work.

  /// Begins the job once; wait() must have come before.
  void start();
  /// Waits for the job at work. @return the first failure, then and ever after.
  Status wait();
  /// Notes a failure of the caller's own, for wait() to return.
  void fail(const Error& error);

 private:
  void work();

  std::function<Status()> job_;
  std::mutex mutex_;
  std::condition_variable work_or_stop_;
  std::condition_variable done_;
  bool busy_ = false;           // Guarded by mutex_.
  bool stop_ = false;           // Guarded by mutex_.
  std::optional<Error> error_;  // Guarded by mutex_.
  std::thread thread_;          // Last: it begins when all else is there.
};

}  // namespace casebook
