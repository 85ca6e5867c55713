using Microsoft.Extensions.Logging;

namespace JobQueue.Embedded;

/// <summary>The log messages of this assembly; ids from 5001.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "The embedded server {Server} is up; its data is kept in {DataDirectory}.", EventName = "EmbeddedServerStarted")]
    public static partial void Started(ILogger logger, EmbeddedRedis server, string dataDirectory);

    [LoggerMessage(5002, LogLevel.Information, "The embedded server {Server} has ended.", EventName = "EmbeddedServerEnded")]
    public static partial void Stopped(ILogger logger, EmbeddedRedis server);
}
