// The casebook command line: parse, call, render, set the exit status.
#include <cstdio>
#include <string_view>

#include "core/version.h"

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "version") {
    std::printf("casebook %s\n", casebook::kVersion);
    return 0;
  }
  std::fputs("usage: casebook version\n", stderr);
  return 2;
}
