#pragma once
/// Known-answer test of the primitives a bag stands on, run at the start of every collection.

#include "core/result.h"

namespace casebook {

/// SHA-256 (FIPS 180-4), ChaCha20-Poly1305 (RFC 8439 2.8.2), Ed25519 (RFC 8032 7.1 test 2).
/// @return `crypto` naming the primitive whose answer is wrong.
Status self_test();

}  // namespace casebook
