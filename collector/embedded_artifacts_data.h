#pragma once
/// What cmake/embed/embed_artifacts.cpp writes at build time; used by embedded_artifacts.cpp alone.

#include <cstddef>

namespace casebook::collector {

extern const std::size_t kEmbeddedArtifactTextBytes;  ///< Size of the canonical text.
extern const std::size_t kEmbeddedArtifactBytes;      ///< Size of the zstd frame that holds it.
extern const unsigned char kEmbeddedArtifacts[];

}  // namespace casebook::collector
