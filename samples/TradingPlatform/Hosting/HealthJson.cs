using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TradingPlatform.Hosting;

/// <summary>GET /health: <c>{"status":"healthy"}</c>, degraded or unhealthy (503).</summary>
internal static class HealthJson
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapHealthChecks("/health", new HealthCheckOptions
    {
        ResponseWriter = static (context, report) =>
        {
            var word = report.Status switch { HealthStatus.Healthy => "healthy", HealthStatus.Degraded => "degraded", _ => "unhealthy" };
            return context.Response.WriteAsJsonAsync(new { status = word }, context.RequestAborted);
        },
    });
}
