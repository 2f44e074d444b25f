#pragma once
/// Whether the address sanitizer is in this program: it has to be the first library, and keeps
/// freed memory for a while.

#if defined(__SANITIZE_ADDRESS__)
#define CASEBOOK_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CASEBOOK_TEST_SANITIZED
#endif
#endif

namespace casebook {

#ifdef CASEBOOK_TEST_SANITIZED
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

}  // namespace casebook
