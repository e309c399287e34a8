# The Debian packages that Leat is built from, and how they get here. Sourced by run-tests and
# quickstart.

packages=(build-essential cmake ninja-build pkg-config lemon libsqlite3-dev libjansson-dev
          libcmocka-dev liblz4-dev libpcre2-dev libxxhash-dev libutf8proc-dev libmicrohttpd-dev
          libnghttp2-dev libwslay-dev libgnutls28-dev libcurl4-openssl-dev libcrypt-dev openssl
          tzdata python3)

install_missing() {
    local missing=() package installed
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null)
    for package in "${packages[@]}"; do
        grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    echo "installing: ${missing[*]}"
    "${sudo[@]}" apt-get update -q >/dev/null &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy "${missing[@]}" >/dev/null
}
