"""`recommender.toml`: what to read, how to learn, where to publish, how to serve."""

from recommender.config.file import Config as Config
from recommender.config.file import database_url as database_url
from recommender.config.file import load_config as load_config
from recommender.config.section import Auto as Auto
from recommender.config.service import ComplaintsSection as ComplaintsSection
from recommender.config.service import PermissionsSection as PermissionsSection
from recommender.config.service import ProxySection as ProxySection
from recommender.config.service import RequestsPerMinuteSection as RequestsPerMinuteSection
from recommender.config.service import ServiceSection as ServiceSection
from recommender.config.tables import PurchaseSection as PurchaseSection
from recommender.config.tables import TableSection as TableSection
from recommender.config.train import ReleasesSection as ReleasesSection
from recommender.config.train import SparkSection as SparkSection
from recommender.config.train import TrainSection as TrainSection
