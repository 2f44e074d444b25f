#include "collector/signals.h"

#include <csignal>

#include "core/result.h"

namespace casebook {
namespace {

// A handler can reach nothing but a global; it is set once, before the handlers are.
std::atomic<StopRequest*> g_request{nullptr};

extern "C" void on_stop_signal(int number) {
  StopRequest* request = g_request.load(std::memory_order_relaxed);
  if (request != nullptr) {
    request->stop(number == SIGINT ? StopReason::interrupted : StopReason::terminated);
  }
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  check(sigaction(number, &action, nullptr) == 0, "sigaction");
}

}  // namespace

void install_stop_signals(StopRequest& request) {
  g_request.store(&request, std::memory_order_relaxed);
  handle(SIGINT, on_stop_signal);
  handle(SIGTERM, on_stop_signal);
  handle(SIGHUP, SIG_IGN);
  handle(SIGPIPE, SIG_IGN);
}

}  // namespace casebook
