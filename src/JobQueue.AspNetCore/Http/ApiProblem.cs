using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>An error as RFC 9457 wants it: <c>application/problem+json</c>.</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened, why, and what to do.</param>
internal sealed record ApiProblem(string Title, int Status, string Detail)
{
    /// <summary>The member of the request that is wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Field { get; init; }

    /// <summary>The library's id of the error, which names a page of its documentation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ErrorId { get; init; }

    /// <summary>The jobs that may be stored although the call has failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? JobIds { get; init; }

    /// <summary>After how many seconds to try again.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    public static ApiProblem Of(int status, string detail) => new(TitleOf(status), status, detail);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await response.WriteAsJsonAsync(this, ApiJson.Default.ApiProblem, "application/problem+json", context.RequestAborted).ConfigureAwait(false);
    }

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Bad Request",
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status404NotFound => "Not Found",
        StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
        StatusCodes.Status408RequestTimeout => "Request Timeout",
        StatusCodes.Status409Conflict => "Conflict",
        StatusCodes.Status413PayloadTooLarge => "Content Too Large",
        StatusCodes.Status415UnsupportedMediaType => "Unsupported Media Type",
        StatusCodes.Status422UnprocessableEntity => "Unprocessable Content",
        StatusCodes.Status429TooManyRequests => "Too Many Requests",
        StatusCodes.Status503ServiceUnavailable => "Service Unavailable",
        _ => "Error",
    };
}

/// <summary>Ends a request with a problem.</summary>
internal sealed class ApiProblemException(ApiProblem problem) : Exception(problem.Detail)
{
    public ApiProblem Problem => problem;

    public static ApiProblemException NotFound(string detail) => new(ApiProblem.Of(StatusCodes.Status404NotFound, detail));

    public static ApiProblemException Invalid(string field, string detail) => new(ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, detail) with { Field = field });
}
