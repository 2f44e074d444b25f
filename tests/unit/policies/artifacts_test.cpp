/// The shipped artifact definitions: each file against its schema, rules that a schema cannot say,
/// and the text that is built into the collector against the files.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "collector/embedded_artifacts.h"
#include "core/json_text.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;
const fs::path kPolicies = fs::path(CASEBOOK_SOURCE_DIR) / "policies";

Json read_policy(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto value = parse_json(text.str());
  EXPECT_TRUE(value) << path << ": " << (value ? "" : value.error().message);
  return value ? *std::move(value) : Json();
}

std::vector<fs::path> stage_files() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kPolicies / "artifacts")) {
    if (entry.path().filename() != "catalogue.json") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

/// Each violation as "place: what", empty when `value` fits the schema.
std::vector<std::string> violations(const std::string& schema_name, const Json& value) {
  const Json schema_text = read_policy(kPolicies / "schema" / schema_name);
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
  valijson::ValidationResults results;
  valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results);
  std::vector<std::string> found;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    found.push_back(place + ": " + error.description);
  }
  return found;
}

/// Every stage file, parsed once for all tests.
const std::vector<Json>& stages() {
  static const std::vector<Json> kStages = [] {
    std::vector<Json> read;
    for (const fs::path& path : stage_files()) read.push_back(read_policy(path));
    return read;
  }();
  return kStages;
}

/// Calls `visit(definition, entry)` for every entry of every stage file.
template <typename Visit>
void for_each_entry(Visit visit) {
  for (const Json& stage : stages()) {
    for (const Json& definition : stage.at("definitions")) {
      for (const Json& entry : definition.at("entries")) visit(definition, entry);
    }
  }
}

TEST(ArtifactFiles, FitTheirSchemas) {
  EXPECT_EQ(violations("artifact-catalogue.schema.json",
                       read_policy(kPolicies / "artifacts/catalogue.json")),
            std::vector<std::string>{});
  for (const fs::path& path : stage_files()) {
    EXPECT_EQ(violations("artifacts.schema.json", read_policy(path)), std::vector<std::string>{})
        << path;
  }
}

TEST(ArtifactFiles, TheSchemaRefusesWhatItShould) {
  const Json good = read_policy(stage_files().front());
  auto changed = [&good](const char* pointer, const Json& value) {
    Json copy = good;
    copy[Json::json_pointer(pointer)] = value;
    return violations("artifacts.schema.json", copy);
  };
  EXPECT_NE(changed("/definitions/0/stage", 17), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/surprise", 1), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/entries/0/kind", "magic"), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/entries/0/take", "all"), std::vector<std::string>{});
}

TEST(ArtifactFiles, StandInTheFileOfTheirStage) {
  const std::vector<fs::path> paths = stage_files();
  ASSERT_EQ(paths.size(), 17U);
  for (std::size_t number = 0; number < paths.size(); ++number) {
    const Json stage = read_policy(paths[number]);
    EXPECT_EQ(stage.at("stage"), number) << paths[number];
    EXPECT_EQ(std::stoul(paths[number].filename().string().substr(0, 2)), number);
    for (const Json& definition : stage.at("definitions")) {
      EXPECT_EQ(definition.at("stage"), number) << definition.at("id");
    }
  }
}

TEST(ArtifactFiles, GiveEveryIdOnce) {
  std::set<std::string> definitions;
  for (const fs::path& path : stage_files()) {
    const Json stage = read_policy(path);
    for (const Json& definition : stage.at("definitions")) {
      EXPECT_TRUE(definitions.insert(definition.at("id")).second) << definition.at("id");
    }
  }
  std::set<std::string> entries;
  for_each_entry([&](const Json& definition, const Json& entry) {
    const std::string id = entry.at("id");
    EXPECT_TRUE(entries.insert(id).second) << id;
    EXPECT_TRUE(id.starts_with(definition.at("id").get<std::string>() + "/")) << id;
  });
}

/// Section 2 of docs/spec/artifacts.md, written a second time on purpose: a pattern's parts against
/// a path's parts, `**` for any number of them.
bool part_matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    return part_matches(pattern.substr(1), name) ||
           (!name.empty() && part_matches(pattern, name.substr(1)));
  }
  if (name.empty()) return false;
  if (pattern.front() == '[') {
    const std::size_t end = pattern.find(']');
    const std::string_view set = pattern.substr(1, end - 1);
    bool found = set.find(name.front()) != std::string_view::npos;
    if (set.size() == 3 && set[1] == '-') found = set[0] <= name.front() && name.front() <= set[2];
    return found && part_matches(pattern.substr(end + 1), name.substr(1));
  }
  return (pattern.front() == '?' || pattern.front() == name.front()) &&
         part_matches(pattern.substr(1), name.substr(1));
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    parts.emplace_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool parts_match(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (pattern.empty()) return path.empty();
  if (pattern.front() == "**") {
    return parts_match(pattern.subspan(1), path) ||
           (!path.empty() && parts_match(pattern, path.subspan(1)));
  }
  return !path.empty() && part_matches(pattern.front(), path.front()) &&
         parts_match(pattern.subspan(1), path.subspan(1));
}

bool pattern_matches(std::string pattern, std::string_view path) {
  if (pattern.starts_with("%home%/")) pattern.replace(0, 6, "/home/ada");
  return parts_match(parts_of(pattern), parts_of(path));
}

bool entry_matches(const Json& entry, std::string_view path) {
  if (!pattern_matches(entry.at("paths").at(0), path)) return false;
  const Json limits = entry.value("limits", Json::object());
  return std::ranges::none_of(limits.value("exclude", std::vector<std::string>{}),
                              [&](const std::string& p) { return pattern_matches(p, path); });
}

struct Takes {
  bool content = false;
  bool named = false;  ///< Some entry speaks of it.
  std::string guard;   ///< The most careful guard's take; empty without one.
};

Takes takes_of(std::string_view path) {
  Takes takes;
  for_each_entry([&](const Json&, const Json& entry) {
    if (entry.at("kind") != "file" || !entry_matches(entry, path)) return;
    takes.named = true;
    const std::string take = entry.value("take", "content");
    takes.content |= take == "content";
    if (entry.contains("guard") && takes.guard != "metadata") takes.guard = take;
  });
  return takes;
}

TEST(ArtifactGuards, KeepWholeFileSecretsUncopied) {
  for (const std::string_view path :
       {"/etc/ssh/ssh_host_ed25519_key",
        "/etc/krb5.keytab",
        "/etc/ssl/private/www/site.key",
        "/etc/wireguard/private.key",
        "/etc/openvpn/server/ta.key",
        "/etc/ppp/chap-secrets",
        "/etc/samba/smbpasswd",
        "/etc/sasldb2",
        "/etc/mysql/debian.cnf",
        "/etc/ipsec.secrets",
        "/etc/pve/priv/authkey.key",
        "/etc/letsencrypt/archive/a.example/privkey1.pem",
        "/etc/gitlab/gitlab-secrets.json",
        "/etc/bind/rndc.key",
        "/etc/apache2/.htpasswd",
        "/etc/security/opasswd",
        "/var/lib/samba/private/secrets.tdb",
        "/var/lib/systemd/credential.secret",
        "/var/lib/kubelet/pki/kubelet.key",
        "/var/lib/kubelet/pods/1/volumes/kubernetes.io~secret/db/password",
        "/var/lib/tailscale/tailscaled.state",
        "/var/lib/waagent/x.prv",
        "/var/www/site/.env",
        "/run/secrets/db",
        "/run/cloud-init/instance-data-sensitive.json",
        "/tmp/krb5cc_1000",
        "/home/ada/.ssh/id_ed25519",
        "/home/ada/.ssh/work",
        "/home/ada/old/.ssh/id_rsa",
        "/home/ada/.gnupg/private-keys-v1.d/0A.key",
        "/home/ada/.aws/credentials",
        "/home/ada/.netrc",
        "/home/ada/.pgpass",
        "/home/ada/.git-credentials",
        "/home/ada/.config/gh/hosts.yml",
        "/home/ada/.config/git/credentials",
        "/home/ada/.password-store/mail.gpg",
        "/home/ada/safe.kdbx",
        "/home/ada/.bitcoin/wallet.dat",
        "/home/ada/.vault-token",
        "/home/ada/.pypirc",
        "/home/ada/.Xauthority",
        "/home/ada/.mozilla/firefox/x.default/cookies.sqlite",
        "/home/ada/.mozilla/firefox/x.default/logins.json",
        "/home/ada/.mozilla/firefox/x.default/key4.db",
        "/home/ada/.config/google-chrome/Default/Cookies",
        "/home/ada/.config/google-chrome/Default/Login Data For Account",
        "/home/ada/.local/share/keyrings/login.keyring",
        "/var/lib/jenkins/secrets/master.key",
        "/home/ada/.config/filezilla/sitemanager.xml",
        "/home/ada/.codex/auth.json"}) {
    EXPECT_EQ(takes_of(path).guard, "metadata") << path;
  }
}

TEST(ArtifactGuards, MaskFilesThatAreMoreThanTheirSecret) {
  for (const std::string_view path :
       {"/etc/shadow", "/etc/gshadow-", "/etc/NetworkManager/system-connections/home.nmconnection",
        "/etc/fstab", "/etc/environment", "/home/ada/.docker/config.json", "/home/ada/.kube/config",
        "/home/ada/.npmrc", "/etc/kubernetes/admin.conf", "/var/backups/shadow.bak",
        "/var/lib/docker/containers/0a/config.v2.json", "/etc/apt/sources.list.d/x.sources",
        "/home/ada/project/.git/config", "/var/www/site/wp-config.php", "/opt/app/tls/site.pem"}) {
    EXPECT_EQ(takes_of(path).guard, "redacted") << path;
  }
}

TEST(ArtifactGuards, LeaveOrdinaryEvidenceWhole) {
  for (const std::string_view path :
       {"/etc/passwd", "/etc/crontab", "/etc/ssh/sshd_config", "/etc/ld.so.preload",
        "/var/log/auth.log", "/var/log/syslog.1", "/var/log/nginx/access.log",
        "/home/ada/.bash_history", "/home/ada/.ssh/authorized_keys", "/home/ada/.ssh/known_hosts",
        "/home/ada/.ssh/config", "/home/ada/.gnupg/gpg.conf", "/etc/kubernetes/manifests/x.yaml",
        "/etc/systemd/system/x.service", "/home/ada/.config/gcloud/logs/x.log", "/tmp/.x/dropper",
        "/var/spool/cron/crontabs/root"}) {
    const Takes takes = takes_of(path);
    EXPECT_TRUE(takes.content && takes.guard.empty()) << path << " is bound by " << takes.guard;
  }
}

TEST(ArtifactFiles, AreSoundWhereASchemaCannotLook) {
  std::set<std::string> rules;
  for_each_entry([&](const Json& definition, const Json& entry) {
    const std::string id = entry.at("id");
    const bool live = entry.contains("live_only");
    if (entry.at("kind") == "command") {
      EXPECT_TRUE(entry.at("argv").at(0).get<std::string>().starts_with("/")) << id;
      EXPECT_TRUE(
          rules.insert(definition.at("id").get<std::string>() + entry.at("argv").dump()).second)
          << id << ": the same command twice";
      return;
    }
    if (entry.at("kind") != "file") return;
    const std::string pattern = entry.at("paths").at(0);
    EXPECT_TRUE(rules.insert(definition.at("id").get<std::string>() + pattern).second)
        << id << ": the same path twice";
    for (const char* volatile_root : {"/proc/", "/sys/", "/run/", "/dev/"}) {
      EXPECT_TRUE(live || !pattern.starts_with(volatile_root)) << id << " lacks live_only";
    }
    EXPECT_FALSE(pattern.starts_with("/var/run/") || pattern.starts_with("/var/lock/"))
        << id << ": leads through a link";
    EXPECT_FALSE(pattern.ends_with("/")) << id;
    EXPECT_TRUE(!entry.contains("guard") || entry.value("take", "content") != "content") << id;
  });
}

TEST(EmbeddedArtifacts, AreTheFilesAsOneCanonicalText) {
  auto text = embedded_artifact_set();
  ASSERT_TRUE(text) << text.error().message;
  auto set = parse_canonical_json(*text);
  ASSERT_TRUE(set) << set.error().message;
  Json definitions = Json::array();
  for (const fs::path& path : stage_files()) {
    const Json stage = read_policy(path);
    for (const Json& definition : stage.at("definitions")) definitions.push_back(definition);
  }
  const Json expected = {{"format", "casebook-artifact-set"},
                         {"version", 1},
                         {"catalogue", read_policy(kPolicies / "artifacts/catalogue.json")},
                         {"definitions", std::move(definitions)}};
  EXPECT_EQ(*text, canonical_json(expected));
}

}  // namespace
}  // namespace casebook::collector
