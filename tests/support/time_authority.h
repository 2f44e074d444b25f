#pragma once
/// A time-stamping authority of our own, made of stock openssl in a folder of a test: root, maybe
/// an intermediate, and a signing certificate with the critical purpose timeStamping. ECDSA,
/// because OpenSSL 3.0 cannot stamp with Ed25519.

#include <string>

#include "tests/support/stock_tools.h"

namespace casebook {

class TimeAuthority {
 public:
  struct Options {
    bool intermediate = false;
    std::string extra_certificate = {};  ///< PEM put into each token beside the chain.
    std::vector<std::string> key = {"ec", "-pkeyopt", "ec_paramgen_curve:P-256"};
    std::string digest = "sha256";
  };

  /// @param folder  empty and ours. `openssl` must be installed.
  explicit TimeAuthority(std::filesystem::path folder)
      : TimeAuthority(std::move(folder), Options{}) {}
  TimeAuthority(std::filesystem::path folder, const Options& options)
      : key_(options.key), folder_(std::move(folder)), openssl_(*stock_tool("openssl")) {
    write_test_file(file("openssl.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
    write_test_file(file("ca.ext"),
                    "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n");
    write_test_file(file("tsa.ext"),
                    "basicConstraints=critical,CA:false\n"
                    "keyUsage=critical,digitalSignature\n"
                    "extendedKeyUsage=critical,timeStamping\n");
    new_key("root", "/CN=Test time root");
    openssl({"x509", "-req", "-in", file("root.csr"), "-signkey", file("root.key"), "-days", "3650",
             "-sha256", "-extfile", file("ca.ext"), "-out", file("root.crt")});
    std::string chain;
    std::string issuer = "root";
    if (options.intermediate) {
      issue("middle", "/CN=Test time intermediate", "root", "ca.ext");
      issuer = "middle";
      chain = text(file("middle.crt"));
    }
    issue("tsa", "/O=Casebook tests/CN=Test time authority", issuer, "tsa.ext");
    write_test_file(file("chain.pem"), text(file("tsa.crt")) + chain + options.extra_certificate);
    write_test_file(
        file("tsa.cnf"),
        "[tsa]\ndefault_tsa=t\n[t]\nserial=" + file("serial") + "\nsigner_cert=" + file("tsa.crt") +
            "\ncerts=" + file("chain.pem") + "\nsigner_key=" + file("tsa.key") +
            "\nsigner_digest=" + options.digest +
            "\ndefault_policy=1.3.6.1.4.1.55555.1\n"
            "digests=sha256,sha512\naccuracy=secs:1,millisecs:500\nordering=yes\ntsa_name=no\n"
            "ess_cert_id_chain=no\ness_cert_id_alg=sha256\n");
  }

  /// What the authority answers to a DER query.
  [[nodiscard]] Bytes reply(std::span<const std::byte> query) const {
    write_test_file(file("query"), as_text(query));
    openssl({"ts", "-reply", "-config", file("tsa.cnf"), "-queryfile", file("query"), "-out",
             file("reply")});
    return *read_file(file("reply"), std::uint64_t{1} << 20U);
  }
  /// The root certificate: whom a verifier believes.
  [[nodiscard]] std::string root_pem() const { return text(file("root.crt")); }
  /// Runs stock `openssl` with no configuration of the machine; it must succeed.
  void openssl(std::vector<std::string> arguments) const {
    check(try_openssl(std::move(arguments)) == 0, "openssl does as it is told");
  }
  [[nodiscard]] int try_openssl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), openssl_);
    return run_tool(arguments, {}, {"OPENSSL_CONF=" + file("openssl.cnf"), "LC_ALL=C"}).exit_status;
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

 private:
  static std::string text(const std::string& path) {
    return std::string(as_text(*read_file(path, std::uint64_t{1} << 20U)));
  }
  void new_key(const std::string& name, const std::string& subject) const {
    std::vector<std::string> arguments = {"req", "-new", "-newkey"};
    arguments.insert(arguments.end(), key_.begin(), key_.end());
    arguments.insert(arguments.end(), {"-nodes", "-sha256", "-subj", subject, "-keyout",
                                       file(name + ".key"), "-out", file(name + ".csr")});
    openssl(std::move(arguments));
  }
  void issue(const std::string& name, const std::string& subject, const std::string& issuer,
             const std::string& extensions) const {
    new_key(name, subject);
    openssl({"x509", "-req", "-in", file(name + ".csr"), "-CA", file(issuer + ".crt"), "-CAkey",
             file(issuer + ".key"), "-CAcreateserial", "-days", "3650", "-sha256", "-extfile",
             file(extensions), "-out", file(name + ".crt")});
  }

  std::vector<std::string> key_;
  std::filesystem::path folder_;
  std::string openssl_;
};

}  // namespace casebook
