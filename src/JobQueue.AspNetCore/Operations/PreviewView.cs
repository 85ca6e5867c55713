using JobQueue.AspNetCore.Http;
using JobQueue.AspNetCore.JobService;
using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace JobQueue.AspNetCore.Operations;

/// <summary>POST /schedules/preview: what a timetable is in words, and its next occurrences, before it is registered. Changes nothing.</summary>
internal static class PreviewView
{
    private const int RunsShown = 10;

    public static void Map(ApiRoutes routes, ApiServices api)
        => routes.PostRead("/schedules/preview", "What a timetable means", (HttpContext context) => AnswerAsync(context, api))
            .Takes("""{"cron_expression": "*/15 9-17 * * MON-FRI", "time_zone": "Europe/Berlin"}""", ApiValues.Timetable)
            .Gives(ApiJson.Default.PreviewShape, "Operations/preview");

    private static async Task<JsonHttpResult<PreviewShape>> AnswerAsync(HttpContext context, ApiServices api)
    {
        var body = await RequestBody.ReadAsync(context, api.Options.MaxBodyBytes).ConfigureAwait(false);
        var type = body.OptionalText("schedule_type") ?? FindType(body);
        var schedule = RegisterView.ReadSchedule(body, type);
        return TypedResults.Json(new PreviewShape(type, schedule.Describe(), schedule.TimeZone, NextRuns(schedule, api.Time.GetUtcNow())), ApiJson.Default.PreviewShape);
    }

    private static string FindType(RequestBody body)
        => body.OptionalText("cron_expression") is not null ? "cron"
            : body.OptionalText("run_at") is not null ? "once"
            : body.OptionalSeconds("interval_seconds", RegisterView.LongestInterval) is not null ? "interval"
            : throw ApiProblemException.Invalid("cron_expression", "'cron_expression', 'interval_seconds' or 'run_at' is missing: it says when the job recurs.");

    private static List<DateTimeOffset> NextRuns(JobSchedule schedule, DateTimeOffset now)
    {
        var runs = new List<DateTimeOffset>(RunsShown);
        for (var next = schedule.GetNextOccurrence(now); next is { } run && runs.Count < RunsShown; next = schedule.GetNextOccurrence(run))
        {
            runs.Add(run);
        }

        return runs;
    }
}

/// <summary>A timetable in words, and its next occurrences, fewer than ten when it ends.</summary>
internal sealed record PreviewShape(string ScheduleType, string Description, string TimeZone, IReadOnlyList<DateTimeOffset> NextRuns);
