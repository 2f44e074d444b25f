#pragma once
/// mbox and eml. Specification: docs/spec/imports.md section 4.

#include "vault/imports/message.h"

namespace casebook::imports {

struct MailboxOptions {
  std::string conversation;  ///< Stable name of the mailbox.
};

/// True when the front of a file is that of an mbox.
bool looks_like_mbox(std::string_view front);

/// Gives every mail of an mbox to `sink`, in order; memory depends on the largest mail.
/// @return the error of `source` or `sink`; `invalid_input` when the file is no mbox.
Result<ImportSummary> read_mbox(ByteSource& source, const MailboxOptions& options,
                                MessageSink& sink);

/// One mail that is a file of its own.
Result<ImportSummary> read_eml(ByteSource& source, const MailboxOptions& options,
                               MessageSink& sink);

}  // namespace casebook::imports
