#include "collector/net_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <thread>

namespace casebook {

CallFailure in_net_namespace(const HostView& host, const NetNamespace& space,
                             const std::function<void()>& work) {
  if (space.own) {
    work();
    return {};
  }
  const UniqueFd fd = host.open(space.path(), O_RDONLY);
  if (!fd) return {"open", errno};
  CallFailure failure;
  std::thread([&] {
    if (::setns(fd.get(), CLONE_NEWNET) != 0) {
      failure = {"setns", errno};
      return;
    }
    work();
  }).join();
  return failure;
}

}  // namespace casebook
