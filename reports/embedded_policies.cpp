#include "reports/embedded_policies.h"

namespace casebook::reports {
namespace {

constexpr EmbeddedFile kFiles[] = {
#include "reports/embedded_policies.inc"
};

}  // namespace

std::span<const EmbeddedFile> embedded_policies() { return kFiles; }

}  // namespace casebook::reports
