using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Rest;

/// <summary>GET /health: one word. 503 when Redis does not answer.</summary>
internal static class RestHealthView
{
    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.Get("/health", "Whether jobs run, in a word", (HttpContext context) => AnswerAsync(context, api))
            .Gives(ApiJson.Default.RestHealthShape, "Rest/health")
            .Gives(ApiJson.Default.RestHealthShape, """{"status": "unhealthy"}""", status: 503);

    private static async Task<JsonHttpResult<RestHealthShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var health = await HealthView.ReadAsync(api, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(
            new RestHealthShape(health.Status),
            ApiJson.Default.RestHealthShape,
            statusCode: health.Redis.Connected ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>healthy, degraded or unhealthy.</summary>
internal sealed record RestHealthShape(string Status);
