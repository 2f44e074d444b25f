#pragma once
/// Encrypts and checks pages for SQLCipher with contexts of OpenSSL that are kept, instead of fresh
/// ones for each page. The file format is the same to the last bit. docs/decisions/0210.

namespace casebook::vault {

/// Lets every database that gets its key from now on use kept contexts. Safe in any thread and
/// cheap when it is done; without memory for it databases use SQLCipher's own way.
void keep_cipher_contexts() noexcept;

}  // namespace casebook::vault
