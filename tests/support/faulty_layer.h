#pragma once
/// A file system layer for the database engine that fails at the n-th call, or writes down every
/// write and sync so that a power cut can be played through afterwards.

#include <sqlite3.h>

#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace casebook {

/// One thing that was asked of the disk.
struct DiskOperation {
  enum class Kind { write, truncate, sync, remove, acknowledge };
  Kind kind;
  std::string file;
  std::uint64_t offset =
      0;  ///< Of a write; the new size of a truncate; a number to be acknowledged.
  Bytes bytes;
};

/// What the layer does. One for the process, since the engine knows layers by name only.
struct FaultyLayer {
  static constexpr const char* kName = "casebook-faulty";
  std::int64_t left = -1;      ///< Calls until one fails; negative: none does.
  int failure = SQLITE_IOERR;  ///< What reads and syncs answer then.
  int write_failure = SQLITE_IOERR_WRITE;
  bool only_writes = false;  ///< Reads and opens do not count.
  bool stays_failed = true;  ///< All later ones fail, too, as on a disk that is gone or full.
  std::int64_t calls = 0;
  bool is_recording = false;
  std::vector<DiskOperation> recorded;

  static FaultyLayer& get() {
    static FaultyLayer layer;
    return layer;
  }
  /// Registers it (once) and puts it back to doing nothing.
  static FaultyLayer& reset();

  bool fails(bool is_write) {
    ++calls;
    if (left < 0 || (only_writes && !is_write)) return false;
    if (left > 0) {
      --left;
      if (left > 0) return false;
      hit = true;
      if (!stays_failed) left = -1;
      return true;
    }
    return true;
  }
  bool hit = false;
};

namespace faulty_layer {

struct File {
  sqlite3_file base;
  sqlite3_file* real;
  std::string* name;
};
inline File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
inline sqlite3_file* real(sqlite3_file* file) { return self(file)->real; }

inline int close(sqlite3_file* file) {
  File* mine = self(file);
  const int code =
      mine->real->pMethods == nullptr ? SQLITE_OK : mine->real->pMethods->xClose(mine->real);
  sqlite3_free(mine->real);
  delete mine->name;
  return code;
}
inline int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  if (FaultyLayer::get().fails(false)) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), out, size, offset);
}
inline int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  FaultyLayer& layer = FaultyLayer::get();
  if (layer.fails(true)) return layer.write_failure;
  if (layer.is_recording) {
    const auto* start = static_cast<const std::byte*>(from);
    layer.recorded.push_back({DiskOperation::Kind::write, *self(file)->name,
                              static_cast<std::uint64_t>(offset), Bytes(start, start + size)});
  }
  return real(file)->pMethods->xWrite(real(file), from, size, offset);
}
inline int truncate(sqlite3_file* file, sqlite3_int64 size) {
  FaultyLayer& layer = FaultyLayer::get();
  if (layer.fails(true)) return SQLITE_IOERR_TRUNCATE;
  if (layer.is_recording) {
    layer.recorded.push_back(
        {DiskOperation::Kind::truncate, *self(file)->name, static_cast<std::uint64_t>(size), {}});
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}
inline int sync(sqlite3_file* file, int flags) {
  FaultyLayer& layer = FaultyLayer::get();
  if (layer.fails(true)) return SQLITE_IOERR_FSYNC;
  if (layer.is_recording) {
    layer.recorded.push_back({DiskOperation::Kind::sync, *self(file)->name, 0, {}});
  }
  return real(file)->pMethods->xSync(real(file), flags);
}
inline int size(sqlite3_file* f, sqlite3_int64* out) {
  return real(f)->pMethods->xFileSize(real(f), out);
}
inline int lock(sqlite3_file* f, int kind) { return real(f)->pMethods->xLock(real(f), kind); }
inline int unlock(sqlite3_file* f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); }
inline int reserved(sqlite3_file* f, int* out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
inline int control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
inline int sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
inline int device(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
inline int shm_map(sqlite3_file* f, int page, int bytes, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), page, bytes, extend, out);
}
inline int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
inline void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
inline int shm_unmap(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

inline const sqlite3_io_methods& methods() {
  static const sqlite3_io_methods table = {
      2,       close,  read,   write,   truncate, sync,        size,      lock,    unlock, reserved,
      control, sector, device, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};
  return table;
}
inline sqlite3_vfs* usual() { return sqlite3_vfs_find("unix"); }

inline int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags,
                int* out_flags) {
  file->pMethods = nullptr;
  if (FaultyLayer::get().fails(false)) return SQLITE_CANTOPEN;
  File* mine = self(file);
  mine->real = static_cast<sqlite3_file*>(sqlite3_malloc(usual()->szOsFile));
  if (mine->real == nullptr) return SQLITE_NOMEM;
  std::memset(mine->real, 0, static_cast<std::size_t>(usual()->szOsFile));
  const int code = usual()->xOpen(usual(), name, mine->real, flags, out_flags);
  if (code != SQLITE_OK) {
    sqlite3_free(mine->real);
    return code;
  }
  mine->name = new std::string(name == nullptr ? "" : name);
  file->pMethods = &methods();
  return SQLITE_OK;
}
inline int remove(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  FaultyLayer& layer = FaultyLayer::get();
  if (layer.fails(true)) return SQLITE_IOERR_DELETE;
  if (layer.is_recording) layer.recorded.push_back({DiskOperation::Kind::remove, name, 0, {}});
  return usual()->xDelete(usual(), name, sync_folder);
}

}  // namespace faulty_layer

inline FaultyLayer& FaultyLayer::reset() {
  if (sqlite3_vfs_find(kName) == nullptr) {
    static sqlite3_vfs layer = *faulty_layer::usual();
    layer.szOsFile = sizeof(faulty_layer::File);
    layer.pNext = nullptr;
    layer.zName = kName;
    layer.xOpen = faulty_layer::open;
    layer.xDelete = faulty_layer::remove;
    check(sqlite3_vfs_register(&layer, 0) == SQLITE_OK, "register the layer");
  }
  get() = FaultyLayer{};
  return get();
}

}  // namespace casebook
