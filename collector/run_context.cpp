#include "collector/run_context.h"

#include <nlohmann/json.hpp>

#include "collector/host_context.h"
#include "core/printable.h"

namespace casebook::collector {
namespace {

Json number(std::uint64_t value) { return std::to_string(value); }

Json texts(const std::vector<std::string>& values) {
  Json array = Json::array();
  for (const std::string& value : values) array.push_back(printable(value));
  return array;
}

Json counts_json(const RunFacts& facts) {
  const RunCounts& counts = facts.counts;
  return {{"entries", number(counts.entries)},
          {"stored", number(counts.stored)},
          {"redacted", number(counts.redacted)},
          {"listed", number(counts.listed)},
          {"linked", number(counts.linked)},
          {"lost", number(counts.lost)},
          {"left_alone", number(counts.left_alone)},
          {"bytes_read", number(facts.bytes_read)},
          {"commands_run", number(counts.commands)},
          {"commands_absent", number(facts.commands_absent)}};
}

Json exceptions_json(const RunCounts& counts) {
  Json exceptions = Json::object();
  for (const auto& [code, count] : counts.exceptions) exceptions[code] = number(count);
  return exceptions;
}

Json footprint_json(const Footprint& footprint) {
  Json programs = Json::array();
  for (const StartedProgram& program : footprint.programs) {
    programs.push_back(
        {{"argv", texts(program.argv)},
         {"pid", program.pid},
         {"started", format_nanoseconds(std::chrono::nanoseconds(program.started_ns))},
         {"duration_ms", program.duration_ms}});
  }
  Json refusals = Json::array();
  for (const Refusal& refusal : footprint.refusals) {
    refusals.push_back({{"what", printable(refusal.what)}, {"errno", refusal.errno_name}});
  }
  return {{"programs", programs},
          {"files_written", texts(footprint.files_written)},
          {"sockets", texts(footprint.sockets)},
          {"refusals", refusals}};
}

Json limits_json(const CollectOptions& options) {
  Json limits = Json::object();
  if (options.bytes_max) limits["bytes_max"] = number(*options.bytes_max);
  if (options.time_max) limits["time_max_seconds"] = std::int64_t{options.time_max->count()};
  if (options.reserve_bytes) limits["reserve_bytes"] = number(*options.reserve_bytes);
  if (options.cpu_limit_percent) limits["cpu_limit_percent"] = *options.cpu_limit_percent;
  return limits;
}

Json findings_json(const CollectOptions& options) {
  Json findings = Json::array();
  for (const auto& [code, text] : options.host_findings) {
    findings.push_back({{"code", code}, {"text", printable(text)}});
  }
  return findings;
}

}  // namespace

std::string_view to_string(StopReason reason) noexcept {
  switch (reason) {
    case StopReason::none:
      return "none";
    case StopReason::interrupted:
      return "interrupted";
    case StopReason::terminated:
      return "terminated";
    case StopReason::bytes:
      return "bytes";
    case StopReason::time:
      return "time";
    case StopReason::free_space:
      return "free_space";
    case StopReason::output_failed:
      return "output_failed";
    case StopReason::input_ended:
      return "input_ended";
  }
  return "none";
}

std::vector<std::string> partial_because(StopReason stopped, const RunCounts& counts) {
  std::vector<std::string> sentences;
  switch (stopped) {
    case StopReason::none:
      break;
    case StopReason::interrupted:
      sentences.emplace_back("interrupted from the keyboard");
      break;
    case StopReason::terminated:
      sentences.emplace_back("ended by SIGTERM");
      break;
    case StopReason::bytes:
      sentences.emplace_back("the limit of bytes was reached");
      break;
    case StopReason::time:
      sentences.emplace_back("the limit of time was reached");
      break;
    case StopReason::free_space:
      sentences.emplace_back("free space fell to the reserve");
      break;
    case StopReason::output_failed:
      sentences.emplace_back("the output took no more");
      break;
    case StopReason::input_ended:
      sentences.emplace_back("ended by the side that receives");
      break;
  }
  if (counts.refused > 0) {
    sentences.push_back(std::to_string(counts.refused) + " objects refused: no permission");
  }
  return sentences;
}

std::string context_text(const RunFacts& facts, const BagPlace& place) {
  const CollectOptions& options = facts.options;
  Json context = {{"format", "casebook-context/1"},
                  {"bag", place.bag.text()},
                  {"run", place.run.text()},
                  {"sequence", place.sequence},
                  {"last", place.last},
                  {"software", options.software},
                  {"profile", options.profile},
                  {"profile_sha256", to_hex(facts.plan.choice_digest)},
                  {"artifact_set_sha256", to_hex(facts.plan.set_digest)},
                  {"root", printable(options.root.native())},
                  {"extra_patterns", texts(options.extra_globs)},
                  {"opt_in", texts(options.opt_in_rules)},
                  {"ticket", !options.sealing.ticket.empty()},
                  {"encrypted", !options.sealing.recipient.empty()},
                  {"clocks", {{"start", facts.clocks_at_start}, {"end", read_clocks()}}},
                  {"host", facts.host},
                  {"host_findings", findings_json(options)},
                  {"process", facts.process},
                  {"self_test", "passed"},
                  {"state", facts.partial_because.empty() ? "complete" : "partial"},
                  {"partial_because", texts(facts.partial_because)},
                  {"stopped", to_string(facts.stopped)},
                  {"counts", counts_json(facts)},
                  {"exceptions", exceptions_json(facts.counts)},
                  {"limits", limits_json(options)},
                  {"rules_without_match", texts(facts.rules_without_match)},
                  {"unsupported",
                   {{"rules", number(facts.plan.unsupported.entries)},
                    {"artifacts", texts(facts.plan.unsupported.artifacts)}}},
                  {"hidden_mounts", texts(facts.hidden_mounts)},
                  {"footprint", footprint_json(facts.footprint)}};
  return canonical_json(context);
}

}  // namespace casebook::collector
