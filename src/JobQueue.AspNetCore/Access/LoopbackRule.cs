using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Access;

/// <summary>
/// Closed by default: an endpoint that says nothing about who may call it serves this machine alone. A proxy on this machine is not this machine: what it
/// forwards came from elsewhere, and it says so in a header; a page of a rebound name has another <c>Host</c>.
/// </summary>
internal static class LoopbackRule
{
    private static readonly string[] ForwardingHeaders = ["Forwarded", "X-Real-IP", "Via"];

    private const string ForwardedPrefix = "X-Forwarded-";

    /// <summary>Whether the host has said who may call: with a policy, or that anybody may.</summary>
    public static bool IsDecidedByHost(Endpoint? endpoint)
        => endpoint is not null && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
            || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
            || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    public static bool Allows(HttpContext context)
        => context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && IsLocal(context.Request.Host) && !IsForwarded(context.Request.Headers);

    private static bool IsLocal(HostString host)
        => host.Host is "127.0.0.1" or "[::1]" || string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsForwarded(IHeaderDictionary headers)
    {
        foreach (var name in ForwardingHeaders)
        {
            if (headers.ContainsKey(name))
            {
                return true;
            }
        }

        foreach (var header in headers)
        {
            if (header.Key.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
