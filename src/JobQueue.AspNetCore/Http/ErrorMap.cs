using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>Which problem an exception is. What is not here is a defect, and the host's to report.</summary>
internal static class ErrorMap
{
    private const int RetryAfterSeconds = 5;

    public static ApiProblem? Find(Exception exception) => exception switch
    {
        ApiProblemException e => e.Problem,
        InvalidJobException e => ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, e.Message) with { ErrorId = e.ErrorId, Field = FieldOf(e.ParamName) },
        CronFormatException e => ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, e.Message) with { ErrorId = e.ErrorId, Field = "cron_expression" },
        JobStateException { State: null } e => ApiProblem.Of(StatusCodes.Status404NotFound, e.Message) with { ErrorId = e.ErrorId },
        JobStateException e => ApiProblem.Of(StatusCodes.Status409Conflict, e.Message) with { ErrorId = e.ErrorId },
        DuplicateJobException e => ApiProblem.Of(StatusCodes.Status409Conflict, e.Message) with { ErrorId = e.ErrorId, JobIds = Texts(e.JobIds) },
        RecurringJobException e => ApiProblem.Of(StatusCodes.Status409Conflict, e.Message) with { ErrorId = e.ErrorId },
        JobQueueUnavailableException e => Unavailable(e.Message, e.ErrorId) with { JobIds = e.MayHaveBeenEnqueued ? Texts(e.JobIds) : null },
        JobQueueException e => Unavailable(e.Message, e.ErrorId),
        BadHttpRequestException e => ApiProblem.Of(e.StatusCode, e.Message),
        _ => null,
    };

    private static ApiProblem Unavailable(string detail, string errorId)
        => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, detail) with { ErrorId = errorId, RetryAfter = RetryAfterSeconds };

    private static string[]? Texts(IReadOnlyList<JobId> ids) => ids.Count == 0 ? null : [.. ids.Select(static id => id.ToString())];

    /// <summary>The member of a request that a parameter of the library is.</summary>
    private static string? FieldOf(string? parameter) => parameter switch
    {
        null => null,
        "handler" => "job_name",
        "delay" => "delay_seconds",
        "at" => "scheduled_at",
        "interval" => "interval_seconds",
        "timeZone" => "time_zone",
        "expression" => "cron_expression",
        _ => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter),
    };
}
