#include "reports/embedded_policies.h"

namespace casebook::reports {
namespace {

using namespace std::string_view_literals;  // "sv" counts while reading; constexpr length() has
                                            // limits.

constexpr EmbeddedFile kFiles[] = {
#include "reports/embedded_policies.inc"
};

}  // namespace

std::span<const EmbeddedFile> embedded_policies() { return kFiles; }

}  // namespace casebook::reports
