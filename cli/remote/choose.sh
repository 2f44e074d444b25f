#!/bin/sh
# On the host to be collected, first of all: with the rights of the login, or with those of a sudo that
# asks no password. $1: the launcher's text; behind it, what the launcher takes after its first word.
launcher=$1
shift
if [ "$(id -u)" != 0 ] && sudo -n true 2> /dev/null; then
  exec sudo -n sh -c "$launcher" casebook sudo "$@"
fi
exec sh -c "$launcher" casebook login "$@"
