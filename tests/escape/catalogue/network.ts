/** Attempts on variables and the network. @module */
import { all, type Threat } from "../attempt.ts";

/** Reading or changing variables. */
export const variables: Threat = {
  title: "read or set a variable",
  remote: "the other machine has none of yours",
  attempts: all(
    "driver/permission",
    "env_get",
    "env_all",
    "process_env",
    "process_env_all",
    "env_set",
    "load_env_file",
    "share_environment",
  ),
};

/** Reaching hosts that the step was not granted. */
export const network: Threat = {
  title: "reach a host that it was not granted",
  remote: "what the other machine can reach",
  attempts: [
    ...all(
      "driver/permission",
      "connect_tcp",
      "connect_tls",
      "connect_mapped",
      "connect_number",
      "fetch_loopback",
      "fetch_metadata",
      "fetch_by_proxy",
      "broker_other_host",
      "broker_file",
      "node_connect",
      "node_request",
      "node_http2",
      "node_datagram",
      "resolve_dns",
      "web_socket",
      "listen",
      "serve",
      "node_listen",
      "unix_socket",
      "dns_server",
      "node_dns_server",
      "lookup_of_own",
      "node_tls_unix",
      "proxy_by_unix_socket",
      "vsock",
    ),
    ...all(
      "step/failed",
      "node_dns",
      "deno_datagram",
      "quic",
      "remote_kv",
      "web_socket_stream",
      "web_transport",
    ),
    ...all("harmless", "event_source"),
  ],
};
