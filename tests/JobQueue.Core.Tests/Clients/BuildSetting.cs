using System.Reflection;

namespace JobQueue.Core.Tests.Clients;

/// <summary>What the project file says of the Redis clients.</summary>
internal static class BuildSetting
{
    public static string Read(string key)
        => typeof(BuildSetting).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
