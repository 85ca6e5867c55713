using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Access;

/// <summary>
/// Refuses what a page of another site makes a browser send, with the user's cookies or from inside the user's network. Browsers say where a request comes
/// from in <c>Sec-Fetch-Site</c>; older ones in <c>Origin</c> alone; programs say neither and pass.
/// </summary>
internal sealed class CrossSiteRule(IEnumerable<string> allowedOrigins)
{
    private readonly HashSet<string> _allowed = new(allowedOrigins, StringComparer.OrdinalIgnoreCase);

    public bool Allows(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && _allowed.Contains(origin))
        {
            return true;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site.Length > 0
            ? site is "same-origin" or "none"
            : origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
