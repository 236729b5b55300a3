import ipaddr from 'ipaddr.js'

/**
 * Whether an IP address is one that anybody on the internet may reach: never this machine, its
 * network, a carrier's network, or a cloud's metadata service. Addresses that carry another inside
 * (IPv4-mapped, NAT64, 6to4, Teredo) count as what they carry, or as not public.
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  if (ip.range() !== 'unicast' || SPECIAL.has(ip.toString())) return false
  // Global unicast is 2000::/3; what lies outside (::127.0.0.1, for one) has no business here.
  return ip.kind() === 'ipv4' || ((ip as ipaddr.IPv6).parts[0] ?? 0) >> 13 === 1
}

/** Azure's metadata service sits on a public-looking address. */
const SPECIAL = new Set(['168.63.129.16'])
