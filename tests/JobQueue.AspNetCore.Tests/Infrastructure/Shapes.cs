using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JobQueue.AspNetCore.Tests.Infrastructure;

/// <summary>Answers as golden files hold them: indented, with names in place of what differs from run to run.</summary>
internal static partial class Shapes
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonElement answer)
    {
        var text = JsonNode.Parse(answer.GetRawText())!.ToJsonString(Indented);
        text = Time().Replace(text, "\"<time>\"");
        text = Id().Replace(text, "<id>");
        text = Worker().Replace(text, "\"<worker>\"");
        return Measured().Replace(text, static match => match.Groups["name"].Value + "\"<measured>\"") + "\n";
    }

    [GeneratedRegex("\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z\"", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Time();

    [GeneratedRegex("[0-9a-f]{32}", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Id();

    [GeneratedRegex("\"tester-[^\"]+\"", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Worker();

    [GeneratedRegex("(?<name>\"(latency_ms|process_id|host|average_processing_time|stack_trace|error_traceback|duration_ms|uptime_seconds|running_seconds|waiting_seconds|rate_per_minute|run_p[0-9]+_ms|wait_p[0-9]+_ms|fingerprint)\": )(?!null)(\"([^\"\\\\]|\\\\.)*\"|[0-9.E+-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Measured();
}
