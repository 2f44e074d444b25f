#include "collector/embedded_artifacts.h"

#include <zstd.h>

#include "collector/embedded_artifacts_data.h"

namespace casebook::collector {

Result<std::string> embedded_artifact_set() {
  std::string text(kEmbeddedArtifactTextBytes, '\0');
  const std::size_t size =
      ZSTD_decompress(text.data(), text.size(), kEmbeddedArtifacts, kEmbeddedArtifactBytes);
  if (ZSTD_isError(size) != 0U || size != text.size()) {
    return Error{ErrorCode::corrupt, "the built-in artifact definitions are damaged", {}};
  }
  return text;
}

}  // namespace casebook::collector
