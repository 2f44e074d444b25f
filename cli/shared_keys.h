#pragma once
/// A person's opened keys, for a command that opens several cases or one case twice: one question,
/// and the slow opening of the key file once.

namespace casebook::cli {

/// While one lives, key rings on this thread take what an earlier one opened. At its end it is
/// wiped. The outermost one counts.
class SharedKeys {
 public:
  SharedKeys();
  ~SharedKeys();
  SharedKeys(const SharedKeys&) = delete;
  SharedKeys& operator=(const SharedKeys&) = delete;

 private:
  bool is_outermost_ = false;
};

}  // namespace casebook::cli
