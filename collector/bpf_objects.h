#pragma once
/// Numbers of BPF objects in the kernel, by bpf(2). Needs CAP_SYS_ADMIN or CAP_BPF.

#include <cstdint>
#include <vector>

namespace casebook {

/// Ids of all loaded programs; empty where the kernel or our rights do not allow to ask.
std::vector<std::uint32_t> bpf_program_ids();

}  // namespace casebook
