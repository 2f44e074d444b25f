#include "collector/side_thread.h"

namespace casebook {

SideThread::SideThread(std::function<Status()> job)
    : job_(std::move(job)), thread_([this] { work(); }) {}

SideThread::~SideThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_or_stop_.notify_one();
  thread_.join();
}

void SideThread::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_or_stop_.wait(lock, [&] { return stop_ || busy_; });
    if (stop_) return;
    lock.unlock();
    auto done = job_();
    lock.lock();
    if (!done && !error_) error_ = std::move(done).error();
    busy_ = false;
    done_.notify_one();
  }
}

void SideThread::start() {
  {
    const std::lock_guard lock(mutex_);
    busy_ = true;
  }
  work_or_stop_.notify_one();
}

Status SideThread::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !busy_; });
  if (error_) return *error_;
  return ok();
}

void SideThread::fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
}

}  // namespace casebook
